// Whose page this browser showed last: known before the server says whether they are still signed in.
export const REMEMBERED = "freshet.account";

export function rememberedAccount(): string | null {
  return localStorage.getItem(REMEMBERED);
}
