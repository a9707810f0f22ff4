import { buttonClass } from "@imaging360/shared/design/Button.tsx";
import { ProblemMessage } from "@imaging360/shared/design/Message.tsx";
import { PageSpinner } from "@imaging360/shared/design/Spinner.tsx";
import { useQuery } from "@tanstack/react-query";
import { Link, Navigate, useParams } from "react-router";

import { api, call } from "../backend.ts";

/** A link that knows only a picture's id: leads to it in its session. */
export default function ImagePage() {
  const { imageId = "" } = useParams();
  const image = useQuery({
    queryKey: ["image", imageId],
    queryFn: () => call(api.GET("/images/{image_id}", { params: { path: { image_id: imageId } } })),
  });
  if (image.data) {
    return <Navigate to={`/s/${image.data.session_id}?image=${image.data.id}`} replace />;
  }
  if (!image.isError) return <PageSpinner />;
  return (
    <ProblemMessage
      error={image.error}
      onRetry={() => void image.refetch()}
      actions={
        <Link key="all" to="/" className={buttonClass()}>
          All sessions
        </Link>
      }
    />
  );
}
