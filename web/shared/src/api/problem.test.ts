import { expect, test } from "vitest";

import { ApiProblem, explain, problemOf, unreachable } from "./problem.ts";

test("a problem document keeps its code and its request id", () => {
  const problem = problemOf({ code: "image_failed", detail: "No.", request_id: "r1" }, 409);
  expect(problem).toMatchObject({ code: "image_failed", status: 409, requestId: "r1" });
  expect(explain(problem).advice).toMatch(/again/);
});

test("whatever went wrong has plain words and a way on", () => {
  for (const error of [unreachable(), problemOf("<html>", 502), new TypeError("x is undefined")]) {
    const { title, advice } = explain(error);
    expect(title).not.toMatch(/undefined|<html>/);
    expect(advice).not.toBe("");
  }
  expect(problemOf(null, 502)).toBeInstanceOf(ApiProblem);
});
