export declare const version: string;
export declare function vectorSet(): ReadonlyMap<string, Uint8Array>;
