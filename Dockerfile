# One image for every door: api, bridge, worker, migrations, setup. `--target objects` is the
# S3/SQS emulator for the compose file, in an environment of its own.
FROM python:3.11-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/imaging360
RUN useradd --system --create-home --home-dir /var/lib/imaging360 imaging360 \
 && mkdir /settings /scratch /data && chown imaging360 /settings /scratch /data

# The portal's files; the api serves them.
FROM node:20-slim AS web
WORKDIR /srv/web
COPY web/package.json web/package-lock.json web/.npmrc ./
COPY web/shared/package.json shared/
COPY web/portal/package.json portal/
RUN npm ci
COPY web ./
RUN npm run build

FROM base AS objects
COPY requirements/ministack.txt requirements/
RUN pip install --require-hashes -r requirements/ministack.txt
USER imaging360
ENV BIND_HOST=0.0.0.0 GATEWAY_PORT=4566 AUTH=true SERVICES=s3,sqs,iam,sts \
    MINISTACK_REGION=eu-central-1 SFTP_ENABLED=0 IOT_MTLS_ENABLED=0 \
    PERSIST_STATE=1 STATE_DIR=/data/state S3_PERSIST=1 S3_DATA_DIR=/data/s3
CMD ["ministack"]

# What sets the emulated services up needs the development tools too.
FROM base AS setup
COPY requirements/dev.txt requirements/
RUN pip install --require-hashes -r requirements/dev.txt
COPY . .
USER imaging360

FROM base AS doors
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libturbojpeg0 \
 && rm -rf /var/lib/apt/lists/*
COPY requirements/runtime.txt requirements/
RUN pip install --require-hashes -r requirements/runtime.txt
COPY settings.py worker.py housekeeping.py ./
COPY schema schema
COPY imaging imaging
COPY adapters adapters
COPY activities activities
COPY workflows workflows
COPY bridge bridge
COPY api api
COPY cli cli
COPY --from=web /srv/web/portal/dist portal
ENV IMAGING360_SCRATCH_DIR=/scratch
USER imaging360
ENTRYPOINT ["python", "-m", "cli"]
CMD ["--help"]
