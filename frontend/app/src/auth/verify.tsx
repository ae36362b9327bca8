import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { account } from '../account/calls';
import { isProblem } from '../problem';
import { PlainPage } from '../ui/plain-page';
import { ProblemPage } from '../ui/problem-page';

/** The page of the link in a mail that verifies an e-mail address. It needs a click, so that a mail scanner that opens the link does not
 * use it up. */
export function Verify({ code }: { code: string }) {
  const queries = useQueryClient();
  const verify = useMutation({
    mutationFn: () => account.verify(code),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['me'] }),
  });
  if (isProblem(verify.error, 'code-gone'))
    return (
      <PlainPage heading="This address no longer works" testId="verify-gone" actions={<Home />}>
        <p>It was used already, or its time is over. Your account can send you a new one.</p>
      </PlainPage>
    );
  if (isProblem(verify.error, 'other-account'))
    return (
      <PlainPage heading="This letter is for another account" testId="verify-other" actions={<Home />}>
        <p role="alert">{verify.error.detail}</p>
      </PlainPage>
    );
  if (verify.error) return <ProblemPage problem={verify.error} onRetry={() => verify.mutate()} />;
  if (verify.data)
    return (
      <PlainPage heading="Thank you" testId="verified" actions={<Home />}>
        <p>{verify.data.email} is yours. Invitations to it find you now.</p>
      </PlainPage>
    );
  return (
    <PlainPage
      heading="Is this your address?"
      testId="verify"
      actions={
        <Button loading={verify.isPending} onClick={() => verify.mutate()}>
          Yes, it is mine
        </Button>
      }
    >
      <p>Somebody gave Quire the address at which you got this letter.</p>
    </PlainPage>
  );
}

function Home() {
  return (
    <Button component={Link} href="/">
      All documents
    </Button>
  );
}
