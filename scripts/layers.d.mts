export declare function breaches(root: string): string[];
