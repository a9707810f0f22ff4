/** The names of the contract that pages speak of. */
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Session = Schemas["Session"];
export type SessionPage = Schemas["SessionPage"];
export type SessionStatus = Schemas["SessionStatus"];
export type CaptureMode = Schemas["CaptureMode"];
export type Vehicle = Schemas["Vehicle"];
export type Image = Schemas["Image"];
export type ImageList = Schemas["ImageList"];
export type ImageStatus = Schemas["ImageStatus"];
export type SpinManifest = Schemas["SpinManifest"];
export type BulkPublished = Schemas["BulkPublished"];
export type Site = Schemas["Site"];
export type Role = Schemas["Role"];
export type UserToken = Schemas["UserToken"];
export type Choice = Schemas["Choice"];
export type ProblemDocument = Schemas["Problem"];
export type ProblemCode = Schemas["Code"];
