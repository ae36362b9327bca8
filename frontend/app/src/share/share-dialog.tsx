import type { QuireDocument } from '@quire/client';
import type { Me } from '../api';
import { Dialog } from '../ui/dialog';
import { untitled } from '../words';
import { GroupRows } from './group-rows';
import { InvitationRows } from './invitation-rows';
import { InviteForm } from './invite-form';
import { LinkRows } from './link-rows';
import { MemberRow } from './member-row';
import { ReachRow } from './reach-row';
import { RequestRows } from './request-rows';
import classes from './share-dialog.module.css';
import { useSharing } from './use-sharing';

interface Props {
  opened: boolean;
  onClose: () => void;
  document: QuireDocument;
  title: string;
  me: Me;
  owner: boolean;
}

/** Who may do what here. Every change acts at once, so there is nothing to save. Others than owners see who gets in. */
export function ShareDialog({ opened, onClose, document, title, me, owner }: Props) {
  const name = title || untitled;
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={owner ? `Share “${name}”` : `Who has access to “${name}”`}
      width={580}
      testId="share"
    >
      <Sharing document={document} me={me} owner={owner} />
    </Dialog>
  );
}

function Sharing({ document, me, owner }: { document: QuireDocument; me: Me; owner: boolean }) {
  const { id } = document;
  const { members, links, invitations, groups, reach, requests, transfer } = useSharing(document, owner);
  const failed = [members, links, invitations, groups, reach, requests, transfer].filter((part) => part.isError);
  const owners = members.data?.items.filter((member) => member.role === 'owner').length ?? 0;
  const asking = requests.data?.items ?? [];
  return (
    <>
      {asking.length > 0 && <RequestRows document={id} requests={asking} />}
      {owner && <InviteForm document={id} />}
      {failed.length > 0 && (
        <p className={classes.failed} role="alert">
          Not all of it can be loaded right now.{' '}
          <button type="button" onClick={() => failed.forEach((part) => void part.refetch())}>
            Try again
          </button>
        </p>
      )}
      <h3 className={classes.head}>People</h3>
      <ul className={classes.people}>
        {members.data?.items.map((member) => (
          <MemberRow
            key={member.user.id}
            document={id}
            links={links.data?.items ?? null}
            offer={transfer.data?.offer ?? null}
            {...{ member, me, owner, owners }}
          />
        ))}
        <InvitationRows document={id} invitations={invitations.data?.items ?? []} />
        <GroupRows document={id} given={groups.data?.items ?? []} owner={owner} />
      </ul>
      {(owner || (reach.data && reach.data.role !== 'none')) && <h3 className={classes.head}>Without being invited</h3>}
      {reach.data && <ReachRow document={id} reach={reach.data.role} owner={owner} />}
      {owner && <LinkRows document={id} links={links.data?.items ?? null} members={members.data?.items ?? []} />}
      {owner && <p className={classes.foot}>Changes count within a second.</p>}
    </>
  );
}
