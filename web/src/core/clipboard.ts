//! Copying and saving, also where a page may not use the clipboard by itself.

export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

export function saveFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
