import { expect, test } from "vitest";

import { vehicleTitle } from "./vehicle.ts";

const car = { id: "v", vin: null, stock_number: null, make: null, model: null, year: null };

test.each([
  [{ ...car, year: 2021, make: "Audi", model: "A4", stock_number: "1" }, "2021 Audi A4"],
  [{ ...car, model: "A4" }, "A4"],
  [{ ...car, year: 2021, stock_number: "B-7" }, "Stock B-7"],
  [{ ...car, vin: "1HGCM82633A004352" }, "VIN 004352"],
  [car, "Unknown vehicle"],
])("%o is called %s", (vehicle, title) => {
  expect(vehicleTitle(vehicle)).toBe(title);
});
