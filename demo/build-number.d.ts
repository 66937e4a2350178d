/** The build number, as digits. Defined in vite.config.ts. */
declare const __BUILD__: string;
