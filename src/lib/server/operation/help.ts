export const HELP = `npm run einlass -- COMMAND

  backup FILE          writes everything to one file; the server may go on meanwhile
  restore FILE         makes an installation of a backup, where there is none yet
  verify               counts everything anew and says what is not as it must be
  move --to ADDRESS    copies the installation from SQLite into an empty PostgreSQL (postgres://…); stop the server before
  partition --into N   divides a PostgreSQL's scans by their events into N parts, once; choose a quiet hour
  organiser E-MAIL     makes somebody an administrator, and prints a link
  account E-MAIL       --disable: nobody gets in with it any more; --enable: again; --drop-second-factor: lost phone
  rotate-keys EVENT    gives an event a new key for its tickets; EVENT is the end of its address
  status               says how the installation is doing

  --passphrase-file F  backup, restore: the file is encrypted with the text in F (at least 12 characters)
  --new-access         organiser: a link for a new password; a second factor stays
  --revoke-old         rotate-keys: somebody has the former key; all tickets are replaced and mailed anew

It reads the same environment as the server: EINLASS_DATA, EINLASS_SECRET, DATABASE_URL, ORIGIN.
It ends with 0 when all is well, 1 when a problem was found, 2 when it was not understood.`;
