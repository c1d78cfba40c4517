/** What `at()` and fully masked reductions return, as `np.ma.masked`. `null` is Python's None, never this. */
export const masked: unique symbol = Symbol.for("masquerade.masked") as never;
/** The type of {@link masked}. */
export type Masked = typeof masked;

/** The mask of a masked array that has none, as `np.ma.nomask`: not the same as a mask that is all false. */
export const nomask: unique symbol = Symbol.for("masquerade.nomask") as never;
/** The type of {@link nomask}. */
export type NoMask = typeof nomask;
