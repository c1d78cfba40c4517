import { BYTES, FIXED32, FIXED64, type MessageRules, VARINT } from "../wire/reader.ts";

/** The messages of proto/masquerade/v1/file.proto, field by field. */
const number = (name: string): MessageRules[number] => ({ name, wire: VARINT });
const within = (name: string): MessageRules[number] => ({ name, wire: BYTES });
const many = (name: string): MessageRules[number] => ({ name, wire: BYTES, repeated: true });
const packed = (name: string): MessageRules[number] => ({ name, wire: BYTES, repeated: true, packable: true });

export const fileRules: MessageRules = {
  1: { name: "magic", wire: FIXED32 },
  2: number("version"),
  3: within("array"),
  4: within("bundle"),
  5: many("buffers"),
};
export const bufferRules: MessageRules = { 1: within("padding"), 2: within("data"), 3: within("checksum") };
export const checksumRules: MessageRules = { 1: number("kind"), 2: { name: "value", wire: FIXED32 } };
export const arrayRules: MessageRules = {
  1: within("dtype"),
  2: packed("shape"),
  3: number("order"),
  4: number("masked"),
  5: within("mask"),
  6: within("fill_value"),
  7: number("hard_mask"),
  8: number("hidden_dropped"),
  9: many("attributes"),
  10: within("dims"),
  11: number("subclass"),
  12: number("data_subclass"),
  13: many("objects"),
  14: number("data_buffer"),
};
export const dimsRules: MessageRules = { 1: many("names") };
export const dtypeRules: MessageRules = {
  1: number("kind"),
  2: number("byte_order"),
  3: number("itemsize"),
  4: number("time_unit"),
  5: number("time_multiple"),
  6: number("long_double_layout"),
  7: many("fields"),
  8: number("aligned"),
  9: number("alignment"),
  10: number("record"),
  11: number("no_coerce"),
  12: within("na_object"),
  13: many("metadata"),
};
export const fieldRules: MessageRules = {
  1: within("name"),
  2: within("title"),
  3: within("dtype"),
  4: number("offset"),
  5: packed("shape"),
};
export const maskRules: MessageRules = { 1: number("encoding"), 2: number("count"), 3: number("buffer") };
export const fillRules: MessageRules = { 1: within("dtype"), 2: within("data"), 3: within("object") };
export const bundleRules: MessageRules = {
  1: number("kind"),
  2: many("entries"),
  3: many("attributes"),
  4: many("keys"),
};
export const entryRules: MessageRules = { 1: within("name"), 2: within("array"), 3: within("bundle") };
export const attributeRules: MessageRules = { 1: within("name"), 2: within("value") };
export const valueRules: MessageRules = {
  1: number("none"),
  2: number("boolean"),
  3: { name: "integer", wire: FIXED64 },
  4: within("big_integer"),
  5: { name: "float_bits", wire: FIXED64 },
  6: within("text"),
  7: within("binary"),
  8: within("complex"),
  9: within("list"),
  10: within("tuple"),
  11: within("dict"),
  12: within("array"),
  13: within("bundle"),
};
export const complexRules: MessageRules = {
  1: { name: "real_bits", wire: FIXED64 },
  2: { name: "imaginary_bits", wire: FIXED64 },
};
export const sequenceRules: MessageRules = { 1: many("items") };
export const dictItemRules: MessageRules = { 1: within("key"), 2: within("value") };
