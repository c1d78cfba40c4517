import { hdf5 } from "@masquerade/adapter-hdf5";
import { joblib } from "@masquerade/adapter-joblib";
import { json, ndjson } from "@masquerade/adapter-json";
import { mmappickle } from "@masquerade/adapter-mmappickle";
import { npy, npz } from "@masquerade/adapter-npy";
import { pickle } from "@masquerade/adapter-pickle";
import { blocks, protobuf } from "@masquerade/adapter-protobuf";
import { raw } from "@masquerade/adapter-raw";
import { csv, ecsv, tsv, txt } from "@masquerade/adapter-text";
import { wrappers } from "@masquerade/compression/wrappers";
import { createRegistry, type Registry } from "@masquerade/core";
import { strangers } from "./strangers.ts";

/** The official formats. Another one is one more name here, in the type and in the call. */
export type Official = readonly [
  typeof npy,
  typeof npz,
  typeof pickle,
  typeof joblib,
  typeof mmappickle,
  typeof hdf5,
  typeof json,
  typeof ndjson,
  typeof raw,
  typeof csv,
  typeof tsv,
  typeof txt,
  typeof ecsv,
  typeof protobuf,
  typeof blocks,
];

/** The registry of the official formats: descriptors only, no codec is loaded before a file needs it. */
export const registry: Registry<Official> = /* @__PURE__ */ createRegistry(
  npy,
  npz,
  pickle,
  joblib,
  mmappickle,
  hdf5,
  json,
  ndjson,
  raw,
  csv,
  tsv,
  txt,
  ecsv,
  protobuf,
  blocks,
)
  .withWrappers(...wrappers)
  .withStrangers(...strangers);
