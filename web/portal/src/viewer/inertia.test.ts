import { expect, test } from "vitest";

import { glide, glided, Hand, restingAngle } from "./inertia.ts";

function swept(speed: number, every: number): Hand {
  const hand = new Hand();
  for (let time = 0; time <= 200; time += every) hand.moved(time, time * speed);
  return hand;
}

test("a hand's speed does not depend on how often it is seen", () => {
  expect(swept(0.4, 4).speed(201)).toBeCloseTo(0.4);
  expect(swept(0.4, 20).speed(201)).toBeCloseTo(0.4);
  expect(swept(-9, 8).speed(201)).toBe(-1.5);
});

test("a hand that paused throws nothing", () => {
  expect(swept(0.4, 8).speed(300)).toBe(0);
  expect(new Hand().speed(10)).toBe(0);
});

test("only the last tenth of a second counts", () => {
  const hand = new Hand();
  for (let time = 0; time <= 100; time += 10) hand.moved(time, time);
  for (let time = 110; time <= 220; time += 10) hand.moved(time, 100);
  expect(hand.speed(221)).toBe(0);
});

test("a glide starts at the hand's speed, keeps its turns and ends on the frame", () => {
  const rest = restingAngle(700, 1);
  const way = glide(1_000, 700, 1, rest, 300);
  expect(way.to).toBe(1_020);
  expect(glided(way, 1_000)).toBe(700);
  expect(glided(way, 1_001) - 700).toBeCloseTo(1, 1);
  expect(glided(way, 9_000)).toBe(1_020);
});

test("a glide is the same at any frame rate, and never turns back", () => {
  const way = glide(0, 10, -0.5, restingAngle(10, -0.5), 210);
  let last = 10;
  for (let now = 0; now < 4_000; now += 7) {
    const angle = glided(way, now);
    expect(angle).toBeLessThanOrEqual(last);
    last = angle;
  }
  expect(last).toBe(way.to);
});

test("let go at rest, it settles on the nearest frame soon", () => {
  const way = glide(0, 356, 0, 356, 0);
  expect(way.to).toBe(360);
  expect(glided(way, 450)).toBe(360);
});
