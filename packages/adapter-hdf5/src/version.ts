/** Version of this package, which a test holds to package.json. */
export const packageVersion: string = "0.1.0";
