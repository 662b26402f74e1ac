/** What SQLite's error means for an operator, in a sentence without internals. */
export function reasonOf(error: unknown, when: 'starting' | 'running' = 'running'): string {
  const code = codeOf(error);
  const again = when === 'running' ? 'It goes on by itself when that has passed.' : 'Start it again then.';
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return `The disk is full. Make room. ${again}`;
  // How SQLite says that it cannot enlarge the file that its connections share.
  if (code === 'SQLITE_IOERR_SHMSIZE') return `The disk is full or reports errors. Make room. ${again}`;
  if (code === 'EROFS' || code === 'EACCES')
    return 'The files can only be read. The process needs write permission.';
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO')
    return `The disk reports errors. Look at the disk. ${again}`;
  if (code.startsWith('SQLITE_READONLY'))
    return 'The files can only be read. The process needs write permission.';
  if (code.startsWith('SQLITE_CANTOPEN'))
    return 'The files cannot be opened. Check the folder and its permissions.';
  if (code.startsWith('SQLITE_BUSY')) return 'Another process holds the files.';
  if (isDamage(error))
    return 'It is damaged. See how far with `tidemark verify`, and restore a backup with `tidemark restore`.';
  return 'Writing failed. The log of the service says why.';
}

/** Whether the error says that the file's content is broken, so that opening it again does not help. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** SQLite's or the system's code of an error, or of what caused it; empty where there is none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause);
}

/** Whether the error says that the disk does not take or give the data now, or that memory is short. */
export function isOutage(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY|NOMEM)/.test(codeOf(error));
}
