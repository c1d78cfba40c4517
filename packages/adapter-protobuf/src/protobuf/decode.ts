import {
  type AnyArray,
  type Bundle,
  checkOptions,
  type DecodeOptions,
  FormatError,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { BufferTable } from "../message/buffers.ts";
import { finished } from "../message/finished.ts";
import { arrayParts } from "../message/read-array.ts";
import { bundleParts } from "../message/read-value.ts";
import { arrayRules, bundleRules, fileRules } from "../message/rules.ts";
import { MAGIC, MOST_BYTES, VERSION } from "../message/tables.ts";
import { type Range, WireReader } from "../wire/reader.ts";
import { type ProtobufReadOptions, protobuf } from "./format.ts";

/** {@link protobuf}'s decode. Arrays lie over the bytes given where these are aligned and in host order, unless `copy` is set. */
export function decodeProtobuf(
  bytes: Uint8Array,
  options: ProtobufReadOptions & DecodeOptions = {},
): AnyArray | Bundle {
  checkOptions("protobuf", protobuf.options.read, options);
  throwIfAborted(options.signal);
  if (protobuf.sniff(bytes) !== "yes")
    throw new FormatError("FORMAT_MALFORMED", "protobuf", "the file does not begin with File.magic, 0d 4d 53 51 31", {
      offset: 0,
    });
  if (bytes.length > MOST_BYTES)
    throw new FormatError(
      "FORMAT_MALFORMED",
      "protobuf",
      `${bytes.length} bytes, but a message ends at ${MOST_BYTES}`,
      {
        offset: MOST_BYTES,
      },
    );
  const reader = new WireReader(
    options.copy === true ? new Uint8Array(bytes) : bytes,
    "protobuf",
    resolveLimits(options.limits),
  );
  const buffers = new BufferTable("protobuf");
  const content = readFile(reader, buffers, bytes.length);
  const value = readContent(reader, buffers, content);
  buffers.finish();
  options.onProgress?.(bytes.length, bytes.length);
  return finished(value, options);
}

interface Content {
  readonly field: 3 | 4;
  readonly range: Range;
}

/** The fields of the message File: the buffers read, the content passed over, since it needs them. */
function readFile(reader: WireReader, buffers: BufferTable, end: number): Content {
  let version = 0;
  let content: Content | undefined;
  reader.fields("the file", fileRules, end, (field) => {
    if (field === 1) {
      if (reader.fixed32() !== MAGIC) throw reader.fail("the magic number is wrong");
    } else if (field === 2) version = reader.number();
    else if (field === 5) buffers.add(reader);
    else {
      if (content !== undefined) throw reader.fail("the file has two contents");
      content = { field: field === 3 ? 3 : 4, range: reader.range("the content") };
    }
  });
  if (version !== VERSION)
    throw new FormatError("FORMAT_VERSION", "protobuf", `version ${version} of the schema; ${VERSION} is known`);
  if (content === undefined)
    throw new FormatError("FORMAT_TRUNCATED", "protobuf", "the file has no content", { offset: end });
  return content;
}

function readContent(reader: WireReader, buffers: BufferTable, { field, range }: Content): AnyArray | Bundle {
  if (field === 3) {
    const parts = arrayParts(reader, buffers);
    reader.later("an array", range, arrayRules, parts.field);
    return parts.done(range.start);
  }
  const parts = bundleParts(reader, buffers);
  reader.later("a bundle", range, bundleRules, parts.field);
  return parts.done();
}
