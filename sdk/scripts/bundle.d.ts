export function bundle(): Promise<Uint8Array>;
