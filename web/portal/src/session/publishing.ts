import { explain } from "@imaging360/shared/api/problem.ts";
import type { BulkPublished, Image, ImageList } from "@imaging360/shared/api/types.ts";
import { displayName } from "@imaging360/shared/auth/token.ts";
import { counted } from "@imaging360/shared/format/text.ts";
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, auth, call } from "../backend.ts";
import { say, warn } from "../shell/toast.ts";
import { placeOf } from "./labels.ts";
import { patch } from "./merge.ts";
import { keys, refreshSpin } from "./useSession.ts";

/** Publish or take back one picture: shown at once, undone when the server refuses. */
export function usePublish(sessionId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ image, publish }: { image: Image; publish: boolean }) => {
      const params = { params: { path: { image_id: image.id } } };
      const path = "/images/{image_id}/publish";
      return call(publish ? api.POST(path, params) : api.DELETE(path, params));
    },
    onMutate: async ({ image, publish }) => {
      await client.cancelQueries({ queryKey: keys.images(sessionId) });
      change(client, sessionId, [image.id], publish ? published : unpublished);
      return { before: image };
    },
    onSuccess: (now) => change(client, sessionId, [now.id], () => now),
    onError: (error, { image, publish }, context) => {
      if (context) change(client, sessionId, [image.id], () => context.before);
      const what = publish ? "was not published" : "is still published";
      warn(`${placeOf(image)} ${what}`, advice(error));
    },
    onSettled: () => settle(client, sessionId),
  });
}

/** Publish all that passed: shown at once; what the server did not publish goes back. */
export function usePublishPassed(sessionId: string) {
  const client = useQueryClient();
  // The images given are shown as published meanwhile; the server finds its own.
  return useMutation<BulkPublished, Error, readonly Image[]>({
    mutationFn: () =>
      call(api.POST("/images/publish", { body: { session_id: sessionId, only_passed: true } })),
    onMutate: async (images) => {
      await client.cancelQueries({ queryKey: keys.images(sessionId) });
      change(client, sessionId, images.map(idOf), published);
    },
    onSuccess: (answer, images) => {
      restore(client, sessionId, images, refused(answer));
      say(`${counted(answer.published, "picture")} published`);
    },
    onError: (error, images) => {
      restore(client, sessionId, images, new Set(images.map(idOf)));
      warn("Nothing was published", advice(error));
    },
    onSettled: () => settle(client, sessionId),
  });
}

/** The ids of those that the server left as they were. */
export function refused(answer: BulkPublished): Set<string> {
  const left = answer.results.filter(({ outcome }) => outcome === "refused" || outcome === "skipped");
  return new Set(left.map((result) => result.image_id));
}

/** A picture as it looks once it is published by whoever is signed in. */
export function published(image: Image): Image {
  const by = auth.snapshot()?.userId ?? null;
  return { ...image, status: "published", published_at: new Date().toISOString(), published_by: by };
}

export function unpublished(image: Image): Image {
  return { ...image, status: "processed", published_at: null, published_by: null };
}

function change(
  client: QueryClient,
  sessionId: string,
  ids: readonly string[],
  to: (image: Image) => Image,
): void {
  const me = auth.snapshot();
  client.setQueryData<ImageList>(keys.images(sessionId), (list) => {
    if (!list) return list;
    const people = me ? { ...list.people, [me.userId]: displayName(me) } : list.people;
    return { ...patch(list, new Set(ids), to), people };
  });
}

function restore(
  client: QueryClient,
  sessionId: string,
  before: readonly Image[],
  ids: ReadonlySet<string>,
): void {
  const known = new Map(before.map((image) => [image.id, image]));
  change(client, sessionId, [...ids], (image) => known.get(image.id) ?? image);
}

function settle(client: QueryClient, sessionId: string): void {
  refreshSpin(client, sessionId);
  void client.invalidateQueries({ queryKey: keys.images(sessionId) });
  void client.invalidateQueries({ queryKey: keys.session(sessionId) });
}

function advice(error: unknown): string {
  const { title, advice: help } = explain(error);
  return `${title}. ${help}`;
}

function idOf(image: Image): string {
  return image.id;
}
