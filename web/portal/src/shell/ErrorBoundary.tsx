import { Button } from "@imaging360/shared/design/Button.tsx";
import { Message } from "@imaging360/shared/design/Message.tsx";
import { Component, type ReactNode } from "react";

/** The last net: a bug, or a part of an older build that is gone after an update. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    const reload = (
      <Button look="primary" onClick={() => location.reload()}>
        Load the page again
      </Button>
    );
    return (
      <main>
        <Message title="This page stopped working" level={1} actions={reload}>
          <p>The portal may have been updated meanwhile. Nothing on the server is lost.</p>
        </Message>
      </main>
    );
  }
}
