export function renderSchema(document: unknown): Promise<string>;
