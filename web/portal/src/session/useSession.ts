import type { ImageList, Session, SpinManifest } from "@imaging360/shared/api/types.ts";
import { type QueryClient, useQuery } from "@tanstack/react-query";

import { api, call } from "../backend.ts";

export const POLL_MS = 3_000;

export const keys = {
  session: (id: string) => ["session", id] as const,
  images: (id: string) => ["images", id] as const,
  spin: (id: string) => ["spin", id] as const,
};

export function useSession(id: string, isPolling: boolean) {
  return useQuery<Session>({
    queryKey: keys.session(id),
    queryFn: () => call(api.GET("/sessions/{session_id}", { params: { path: { session_id: id } } })),
    refetchInterval: isPolling && POLL_MS,
  });
}

/** The browser's own cache sends If-None-Match and answers a 304 with what it has. */
export function useImages(id: string, isPolling: boolean) {
  return useQuery<ImageList>({
    queryKey: keys.images(id),
    queryFn: () => call(api.GET("/images", { params: { query: { session_id: id } } })),
    refetchInterval: isPolling && POLL_MS,
  });
}

/** What the 360 viewer shows. Refreshed by `refreshSpin` when pictures change. */
export function useSpin(id: string) {
  return useQuery<SpinManifest>({
    queryKey: keys.spin(id),
    queryFn: () =>
      call(api.GET("/sessions/{session_id}/spin", { params: { path: { session_id: id } } })),
    staleTime: 60_000,
  });
}

const GATHER_MS = 300;
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** Ask for the turn again, soon: pictures come in bursts, and one answer has them all. */
export function refreshSpin(client: QueryClient, id: string): void {
  if (waiting.has(id)) return;
  const ask = () => {
    waiting.delete(id);
    void client.invalidateQueries({ queryKey: keys.spin(id) });
  };
  waiting.set(id, setTimeout(ask, GATHER_MS));
}
