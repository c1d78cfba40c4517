import { type Kind, storageRules } from "@masquerade/core";

/** Every kind of the model. */
export const allKinds: readonly Kind[] = Object.keys(storageRules) as Kind[];
