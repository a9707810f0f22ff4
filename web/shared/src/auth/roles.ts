import type { Role } from "../api/types.ts";

// What is offered; what is allowed the server decides.

export function mayReview(role: Role): boolean {
  return role === "reviewer" || role === "admin";
}

export function mayDecide(role: Role): boolean {
  return role === "admin";
}
