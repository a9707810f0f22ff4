import type { CaptureMode, Vehicle } from "../api/types.ts";

/** What people call the car: year, make and model, else what it is known by. */
export function vehicleTitle(vehicle: Vehicle): string {
  const known = [vehicle.year, vehicle.make, vehicle.model].filter(Boolean).join(" ");
  if (vehicle.make ?? vehicle.model) return known;
  if (vehicle.stock_number) return `Stock ${vehicle.stock_number}`;
  return vehicle.vin ? `VIN ${vehicle.vin.slice(-6)}` : "Unknown vehicle";
}

const MODES: Record<CaptureMode, string> = {
  studio360: "Studio 360",
  walk360: "Walk-around",
  stills: "Stills",
};

export function modeName(mode: CaptureMode): string {
  return MODES[mode];
}
