import { isMasqueradeError, type MasqueradeError } from "@masquerade/core";
import type { Plan } from "./plan.ts";

/**
 * Whether an error is that of one member, which is no array here: of a dtype or a filter that there is not, a link that is not followed. The
 * others are not touched by it, as they are by damage.
 */
export function isOfMember(error: unknown, plan: Plan): error is MasqueradeError {
  return plan.plan === "refused" || isMasqueradeError(error, "CAPABILITY_MISSING", "UNSAFE_LINK");
}
