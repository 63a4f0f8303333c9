// Whose page this browser showed last: known before the server says whether they are still signed in.
export const REMEMBERED = "freshet.account";

export function rememberedAccount(): string | null {
  return localStorage.getItem(REMEMBERED);
}

const PUSH = "freshet.push";

/** Who wants to be told in this browser while the page is closed, and under which address the server knows it. */
export interface RememberedPush {
  account: string;
  endpoint: string;
}

export function rememberedPush(): RememberedPush | undefined {
  const stored = localStorage.getItem(PUSH);
  return stored === null ? undefined : (JSON.parse(stored) as RememberedPush);
}

export function rememberPush(push: RememberedPush): void {
  localStorage.setItem(PUSH, JSON.stringify(push));
}

export function forgetPush(): void {
  localStorage.removeItem(PUSH);
}
