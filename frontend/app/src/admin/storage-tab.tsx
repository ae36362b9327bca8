import { useQuery } from '@tanstack/react-query';
import classes from './admin-page.module.css';
import { admin } from './calls';
import { size } from './sizes';

export function StorageTab() {
  const { data, isError } = useQuery({ queryKey: ['admin', 'storage'], queryFn: admin.storage });
  if (isError) return <p className={classes.failed}>The figures can’t be loaded right now.</p>;
  if (!data) return <p className={classes.quiet}>Counting…</p>;
  const figures: [string, string][] = [
    ['Accounts', data.accounts.toLocaleString('en')],
    ['Guests and applications’ people', data.guests.toLocaleString('en')],
    ['Documents', data.documents.toLocaleString('en')],
    ['of these in the trash', data.trashed.toLocaleString('en')],
    ['Edits kept', data.ops.toLocaleString('en')],
    ['Their size', size(data.bytes)],
    ['The database', size(data.database)],
    ...(data.disk
      ? ([['Free on its disk', `${size(data.disk.free)} of ${size(data.disk.total)}`]] as [string, string][])
      : []),
  ];
  return (
    <dl className={classes.cards}>
      {figures.map(([what, figure]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{figure}</dd>
        </div>
      ))}
    </dl>
  );
}
