import type { SessionPage, Site } from "@imaging360/shared/api/types.ts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, call } from "../backend.ts";
import { PAGE_SIZE, type SearchState } from "./searchState.ts";

const REFRESH_MS = 10_000;

export function useSessions(state: SearchState) {
  return useQuery<SessionPage>({
    queryKey: ["sessions", state],
    queryFn: () => call(api.GET("/sessions", { params: { query: asked(state) } })),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
}

function asked(state: SearchState) {
  return {
    limit: PAGE_SIZE,
    offset: (state.page - 1) * PAGE_SIZE,
    ...(state.q && { q: state.q }),
    ...(state.site && { site_id: state.site }),
    ...(state.status && { status: state.status }),
  };
}

export function useSites() {
  return useQuery<Site[]>({
    queryKey: ["sites"],
    queryFn: async () => (await call(api.GET("/sites", { params: { query: { limit: 200 } } }))).items,
    staleTime: 5 * 60_000,
  });
}
