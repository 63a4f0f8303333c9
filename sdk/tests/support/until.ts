const patience = 30_000;

/** The first true value of `condition`, asked again and again; fails when it does not come. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`waited ${String(patience / 1000)} s for ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
