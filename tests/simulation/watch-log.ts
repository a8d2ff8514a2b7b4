import { lookAtDisk, type Stage } from './laws.ts';

/** Looks at the logs along the way. @returns looks once more */
export function watchLog(stage: Stage): () => void {
  const { world, server, tablets, office } = stage;
  const log = new Map<string, string>();
  const onDisk = new Map<string, Map<string, string>>();
  const handedOver = new Map<string, Set<string>>();
  return () => {
    if (server.inTransaction) return;
    const rows = [
      ...server.rows<{ id: string }>('select * from scans'),
      ...server.rows<{ id: string }>('select * from decisions'),
    ];
    const now = new Map(rows.map((row) => [row.id, JSON.stringify(row)]));
    for (const [id, before] of log)
      if (now.get(id) !== before)
        world.violate('rewritten', `the log has changed: ${before} is ${now.get(id)}`);
    for (const [id, row] of now) log.set(id, row);

    const aside = server.rows<{ record: string }>('select record from anomalies').map(({ record }) => record);
    const registered = new Set(
      server.rows<{ id: string }>('select id from registrations').map(({ id }) => id),
    );
    const has = (id: string) =>
      log.has(id) || registered.has(id) || aside.some((record) => record.includes(id));
    for (const tablet of tablets) {
      const content = tablet.disk.read();
      if (!content) continue;
      const before = onDisk.get(tablet.name);
      const scans = new Map(
        content.scans.map(({ waiting: _, ...scan }) => [String(scan.id), JSON.stringify(scan)]),
      );
      for (const { id, waiting } of content.scans)
        if (!waiting && !has(String(id)))
          world.violate('lost', `${tablet.name} has let go of ${String(id)}, which the server doesn't hold`);
      for (const [id, scan] of before ?? [])
        if (scans.get(id) !== scan && (scans.has(id) || !has(id)))
          world.violate('rewritten', `${tablet.name} has changed its log: ${scan} is ${scans.get(id)}`);
      onDisk.set(tablet.name, scans);
      const waiting = new Set(content.relayed.filter((row) => row.waiting).map(({ id }) => String(id)));
      for (const id of handedOver.get(tablet.name) ?? [])
        if (!waiting.has(id) && !has(id))
          world.violate('lost', `${tablet.name} has let go of ${id}, which another has handed over`);
      handedOver.set(tablet.name, waiting);
      if (world.chance.happens(0.1)) lookAtDisk(world, office, tablet);
    }
  };
}
