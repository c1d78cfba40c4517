import { fileURLToPath } from "node:url";
import { isMasqueradeError, type MasqueradeError, OptionError, SourceError } from "../errors.ts";

/** A path from a string or a file: URL. Throws OptionError for anything else, NUL characters included. */
export function toPath(path: string | URL): string {
  if (typeof path === "string" && path !== "" && !path.includes("\0")) return path;
  if (path instanceof URL && path.protocol === "file:") return fileURLToPath(path);
  throw new OptionError("OPTION_INVALID", "a file is named by a path or a file: URL", "path");
}

/** The code of a failed system call, as "ENOENT". */
export function errnoOf(cause: unknown): string {
  const code = (cause as { readonly code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

const explanations: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "part of the path is no folder",
  ENOSPC: "no space left",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  EEXIST: "it already exists",
  EBADF: "the file is not open for this",
};

/** A failed system call as a SourceError: SOURCE_MISSING when there is no such file, else SOURCE_IO. Errors of ours stay as they are. */
export function ioError(cause: unknown, doing: string, path: string): MasqueradeError {
  if (isMasqueradeError(cause)) return cause;
  const code = errnoOf(cause);
  const why = Object.hasOwn(explanations, code) ? explanations[code] : code || "input/output error";
  return new SourceError(code === "ENOENT" ? "SOURCE_MISSING" : "SOURCE_IO", `cannot ${doing} ${path}: ${why}`, {
    cause,
  });
}
