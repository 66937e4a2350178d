export interface Size {
  readonly what: string;
  /** Of gzip. */
  readonly bytes: number;
  readonly budget: number;
}

export function measureSizes(): Promise<readonly Size[]>;
