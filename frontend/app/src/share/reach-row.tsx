import { Building2 } from 'lucide-react';
import { type Reach, sharing } from './calls';
import { ChoiceMenu, givenRoles } from './role-menu';
import classes from './share-dialog.module.css';
import { useAct } from './use-sharing';

const says = { none: 'Nobody else', viewer: 'Can read', commenter: 'Can comment', editor: 'Can edit' } as const;

/** Chooses whether everybody with an account here has access by the document's own address. */
export function ReachRow({ document, reach, owner }: { document: string; reach: Reach; owner: boolean }) {
  const { act } = useAct(document);
  if (!owner && reach === 'none') return null;
  return (
    <div className={`${classes.row} ${classes.reach}`} data-testid="reach">
      <span className={classes.globe} data-off={reach === 'none' || undefined}>
        <Building2 size={18} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <div className={classes.who}>
        <p className={classes.name}>Anyone here with an account</p>
        <p className={classes.quiet}>
          {reach === 'none' ? 'Only those who were invited get in.' : 'Whoever knows the document’s address gets in.'}
        </p>
      </div>
      {owner ? (
        <ChoiceMenu
          title="Anyone here with an account"
          chosen={says[reach]}
          actions={(['none', ...givenRoles] as const).map((one) => ({
            id: one,
            label: says[one],
            checked: one === reach,
            onSelect: () =>
              void act('reach', async () => {
                await sharing.setReach(document, one);
                return null;
              }),
          }))}
        />
      ) : (
        <span className={classes.fixed}>{says[reach]}</span>
      )}
    </div>
  );
}
