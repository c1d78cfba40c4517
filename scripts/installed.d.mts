export declare const root: string;
export declare function installed(dir: string): boolean;
