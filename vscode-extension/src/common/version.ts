// Versions of the program and of the extension.

/** The version in what `task-api --version` prints. */
export function versionIn(printed: string): string | undefined {
  return /^task-api (\d+\.\d+\.\d+\S*)\s*$/.exec(printed)?.[1];
}

/** Before 1.0, each minor version may check differently; patches only mend. */
export function isMatching(version: string, wanted: string): boolean {
  const [major, minor] = version.split(".");
  const [wantedMajor, wantedMinor] = wanted.split(".");
  return major === wantedMajor && (major !== "0" || minor === wantedMinor);
}
