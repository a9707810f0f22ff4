"""A client of the REST API for other people's programs: nothing of the platform is needed.

    async with Client("https://api.example") as client, Uploader(client) as uploader:
        await client.enroll(org_id, enrollment_code=code)
        session = await client.open_session(site_id, "studio360", stock_number="4711")
        folder = Path("photos")
        outcomes = await uploader.upload(session.id, photos_of(folder, session))

`client.api` has the calls, `client.upload` sends folders, `client.photos` finds their files,
`client.journal` remembers what was sent, `client.watch` follows a session to its verdicts. Every
failure is a `client.errors.Imaging360Error`.
"""
