/** What SQLite's error means for an operator, in a sentence without internals. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 'SQLITE_FULL') return 'The disk is full. It goes on by itself when there is room.';
  if (code.startsWith('SQLITE_IOERR')) return 'The disk reports errors. It is tried again by itself.';
  if (code.startsWith('SQLITE_READONLY'))
    return 'The files can only be read. The process needs write permission.';
  if (code.startsWith('SQLITE_CANTOPEN'))
    return 'The files cannot be opened. Check the folder and its permissions.';
  if (code.startsWith('SQLITE_BUSY')) return 'Another process holds the files.';
  if (isDamage(error)) return 'The file is damaged. Check it with `tidemark verify`, restore a backup.';
  return 'Writing failed. The log of the service says why.';
}

/** Whether the error says that the file's content is broken, so that opening it again does not help. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
