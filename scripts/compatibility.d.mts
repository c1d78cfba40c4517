export declare function page(): Promise<string>;
