// The vectors as a set to download: golden files of the real tools and of this project with what each holds, a manifest and its JSON Schema,
// for libraries in any language. usage: node scripts/vectors.mjs FOLDER     writes FOLDER and FOLDER.zip; the same input gives the same bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateRawSync } from "node:zlib";

/** Version of the set. A file that changes, or goes, is a new major version; files that are added, a minor one. */
export const version = "1.0.0";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const corpus = join(root, "corpus");
const json = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Every file of the set: its path there, and its path here. */
function sources() {
  const entries = [];
  const files = new Map();
  for (const folder of readdirSync(corpus, { withFileTypes: true })
    .map((one) => one.name)
    .sort()) {
    const manifest = join(corpus, folder, "manifest.json");
    if (!there(manifest)) continue;
    for (const entry of json(manifest).entries) {
      entries.push(entry);
      for (const { file } of [entry, ...(entry.buffers ?? [])]) files.set(file, join(corpus, file));
    }
  }
  for (const entry of json(join(root, "packages/conformance/vectors/clients.json")).entries) {
    entries.push(entry);
    files.set(entry.file, join(root, "clients/vectors", entry.file.replace(/^clients\//, "")));
  }
  return { entries, files };
}

function there(path) {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The corpus's schema, of a whole set. */
function schema() {
  const base = json(join(corpus, "manifest.schema.json"));
  const { entry } = base.$defs;
  return {
    ...base,
    title: "The manifest of masquerade's vectors",
    required: ["name", "version", "entries"],
    properties: {
      name: { const: "masquerade-vectors" },
      version: { type: "string", pattern: "^[0-9]+\\.[0-9]+\\.[0-9]+$" },
      entries: base.properties.entries,
    },
    $defs: {
      ...base.$defs,
      entry: {
        ...entry,
        properties: {
          ...entry.properties,
          format: { enum: [...new Set([...entry.properties.format.enum, "protobuf"])] },
        },
      },
    },
  };
}

const readme = (entries) => `# masquerade's vectors ${version}

${entries.length} files that hold NumPy arrays and masked arrays, and what each of them holds. For libraries in any language: read the file, compare with \`expect\`.

\`manifest.json\` lists them (\`manifest.schema.json\` is its JSON Schema): the file, its SHA-256, the format, the tool that wrote it and its versions, and \`expect\`.
An \`expect\` of \`{"refused": name}\` is a pickle that names something arrays are not made of; never load it with a reader that runs code.

${readFileSync(join(corpus, "README.md"), "utf8").split("## The manifest")[1].trim()}
`;

/** The files of the set, by their paths in it, sorted. */
export function vectorSet() {
  const { entries, files } = sources();
  const set = new Map();
  const text = (value) => new TextEncoder().encode(value);
  for (const [name, path] of files) set.set(name, readFileSync(path));
  for (const entry of entries)
    for (const { file, sha256 } of [entry, ...(entry.buffers ?? [])])
      if (createHash("sha256").update(set.get(file)).digest("hex") !== sha256)
        throw new Error(`${file} is not what its manifest says`);
  const lines = entries.map((entry) => `  ${JSON.stringify(entry)}`).join(",\n");
  set.set(
    "manifest.json",
    text(`{"name": "masquerade-vectors", "version": "${version}", "entries": [\n${lines}\n]}\n`),
  );
  set.set("manifest.schema.json", text(`${JSON.stringify(schema(), null, 2)}\n`));
  set.set("README.md", text(readme(entries)));
  set.set("LICENSE", readFileSync(join(root, "LICENSE")));
  return new Map([...set].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A zip of these files beneath a folder, with no times in it. */
function zip(files, folder) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [path, bytes] of files) {
    const name = new TextEncoder().encode(`${folder}/${path}`);
    const packed = deflateRawSync(bytes, { level: 9 });
    const common = Buffer.alloc(26);
    // version, flags (UTF-8), deflate, 1980-01-01, CRC, sizes, length of the name
    for (const [i, n] of [20, 0x800, 8, 0, 0x21].entries()) common.writeUInt16LE(n, 2 * i);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, name]);
    const central = Buffer.alloc(16);
    central.writeUInt32LE(at, 12);
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, central.subarray(2), name);
    parts.push(local, packed);
    at += local.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listed, end]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = process.argv[2];
  if (target === undefined) throw new Error("usage: node scripts/vectors.mjs FOLDER");
  const set = vectorSet();
  rmSync(target, { recursive: true, force: true });
  for (const [path, bytes] of set) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), bytes);
  }
  const packed = zip(set, `masquerade-vectors-${version}`);
  writeFileSync(`${resolve(target)}.zip`, packed);
  console.log(
    `${set.size} files, ${packed.length} bytes as a zip, SHA-256 ${createHash("sha256").update(packed).digest("hex")}`,
  );
}
