const KEPT_MS = 10_000;

/** Gives the reader a file; what needs the token in a header is fetched first, and saved from memory. */
export function saveFile(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
