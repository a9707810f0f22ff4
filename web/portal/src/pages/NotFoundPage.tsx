import { buttonClass } from "@imaging360/shared/design/Button.tsx";
import { Message } from "@imaging360/shared/design/Message.tsx";
import { Link } from "react-router";

export default function NotFoundPage() {
  const home = (
    <Link to="/" className={buttonClass("primary")}>
      All sessions
    </Link>
  );
  return (
    <>
      <title>Not found · 360 Imaging</title>
      <Message title="There is nothing at this address" level={1} actions={home}>
        <p>The link may be incomplete. The session that you look for is in the list.</p>
      </Message>
    </>
  );
}
