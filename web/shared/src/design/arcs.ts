/** The parts of a circle of length `around`: what is done, then what failed. */
export function arcs(done: number, failed: number, expected: number, around: number): [number, number] {
  const whole = Math.max(expected, done + failed, 1);
  return [(done / whole) * around, (failed / whole) * around];
}
