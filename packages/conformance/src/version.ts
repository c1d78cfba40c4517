/** Version of the suite. A law carries the version that introduced it, so that a new law does not break an old adapter unannounced. */
export const suiteVersion: string = "1.2.0";
