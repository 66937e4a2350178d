export function findFirefox(): string | null;
export function findWebKit(): { driver: string; browser: string } | null;
