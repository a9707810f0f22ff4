import type { SessionStatus } from "@imaging360/shared/api/types.ts";

export const PAGE_SIZE = 25;
export const STATUSES: readonly SessionStatus[] = ["active", "completed", "abandoned"];

/** What the list shows; it lives in the address, so that it can be sent and gone back to. */
export interface SearchState {
  q: string;
  site: string;
  status: SessionStatus | "";
  page: number;
}

export function readState(query: URLSearchParams): SearchState {
  const status = STATUSES.find((known) => known === query.get("status")) ?? "";
  const page = Number(query.get("page"));
  return {
    q: (query.get("q") ?? "").slice(0, 64),
    site: query.get("site") ?? "",
    status,
    page: Number.isInteger(page) && page > 1 ? page : 1,
  };
}

/** The address of a state; what is as usual is left out. */
export function writeState(state: SearchState): URLSearchParams {
  const query = new URLSearchParams();
  if (state.q.trim()) query.set("q", state.q.trim());
  if (state.site) query.set("site", state.site);
  if (state.status) query.set("status", state.status);
  if (state.page > 1) query.set("page", String(state.page));
  return query;
}

/** Another filter begins at its first page. */
export function changed(state: SearchState, change: Partial<SearchState>): SearchState {
  return { ...state, page: 1, ...change };
}

export function isFiltered(state: SearchState): boolean {
  return Boolean(state.q || state.site || state.status);
}

export function pageCount(total: number): number {
  return Math.max(1, Math.ceil(total / PAGE_SIZE));
}
