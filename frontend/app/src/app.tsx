import { Button } from '@mantine/core';
import { lazy, Suspense, useEffect } from 'react';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { provedPath, useProof } from './account/use-proof';
import type { Me } from './api';
import { Forgot } from './auth/forgot';
import { goesOn } from './auth/go-on';
import { SignIn } from './auth/sign-in';
import { SignUp } from './auth/sign-up';
import { fetchEditor } from './document/load-editor';
import { DocumentsPage } from './documents/documents-page';
import { GuestPage } from './guest/guest-page';
import { InvitationPage } from './invitation/invitation-page';
import { askBeforeLeaving } from './leaving';
import { connection, useSession } from './session';
import { keepFocus } from './ui/keep-focus';
import { PlainPage } from './ui/plain-page';
import { ProblemPage } from './ui/problem-page';
import { useUpdated } from './use-updated';

/** The page of one document pulls in the editor: its chunk is fetched while the list is already readable. */
const loadDocument = () => import('./document/document-page');
const DocumentPage = lazy(loadDocument);
const AdminPage = lazy(() => import('./admin/admin-page'));
/** What letters lead to is seldom needed. */
const Confirm = lazy(() => import('./auth/confirm').then(({ Confirm }) => ({ default: Confirm })));
const ProofDialog = lazy(() => import('./account/proof-dialog').then(({ ProofDialog }) => ({ default: ProofDialog })));
const Reset = lazy(() => import('./auth/reset').then(({ Reset }) => ({ default: Reset })));
const Verify = lazy(() => import('./auth/verify').then(({ Verify }) => ({ default: Verify })));

// At a document's address both are needed as soon as it is known who opens it. Whoever needs them is told of a failure.
if (location.pathname.startsWith('/d/')) {
  loadDocument().catch(() => {});
  fetchEditor();
}

export function App() {
  useEffect(() => askBeforeLeaving(connection.unsent), []);
  useEffect(() => keepFocus(document), []);
  const session = useSession();
  const [path] = useLocation();
  if (path.startsWith('/s/') || path.startsWith('/i/'))
    return <GuestRoutes me={session.kind === 'signed-in' ? session.me : null} settled={session.kind !== 'loading'} />;
  switch (session.kind) {
    case 'loading':
      return null;
    case 'unreachable':
      return <ProblemPage problem={session.problem} onRetry={session.retry} />;
    case 'signed-out':
      return (
        <Suspense fallback={null}>
          <Switch>
            <Route path="/signup">
              <SignUp />
            </Route>
            <Route path="/setup/:code">{({ code }) => <SignUp setupCode={code} />}</Route>
            <Route path="/forgot">
              <Forgot />
            </Route>
            <Route path="/reset/:code">{({ code }) => <Reset code={code} />}</Route>
            <Route path="/verify/:code">{({ code }) => <Verify code={code} />}</Route>
            <Route path="/confirm/:code">{({ code }) => <Confirm code={code} me={null} />}</Route>
            <Route>
              <SignIn />
            </Route>
          </Switch>
        </Suspense>
      );
    case 'signed-in':
      return <SignedIn me={session.me} />;
  }
}

function GuestRoutes({ me, settled }: { me: Me | null; settled: boolean }) {
  if (!settled) return null;
  return (
    <Switch>
      <Route path="/s/:token">{({ token }) => <GuestPage key={token} token={token} me={me} />}</Route>
      <Route path="/i/:token">{({ token }) => <InvitationPage key={token} token={token} me={me} />}</Route>
    </Switch>
  );
}

function SignedIn({ me }: { me: Me }) {
  useUpdated();
  const proof = useProof();
  return (
    <Suspense fallback={null}>
      {proof && <ProofDialog me={me} {...proof} />}
      <Switch>
        <Route path="/">
          <DocumentsPage me={me} />
        </Route>
        <Route path="/d/:id">{({ id }) => <DocumentPage key={id} id={id} me={me} />}</Route>
        <Route path="/reset/:code">{({ code }) => <Reset code={code} />}</Route>
        <Route path="/verify/:code">{({ code }) => <Verify code={code} />}</Route>
        <Route path="/confirm/:code">{({ code }) => <Confirm code={code} me={me} />}</Route>
        <Route path="/admin/:tab?">
          {({ tab }) => (me.admin ? <AdminPage me={me} tab={tab ?? 'people'} /> : <Nothing />)}
        </Route>
        <Route path="/signin">
          <Redirect to="/" replace />
        </Route>
        <Route path={provedPath}>
          <PlainPage heading="That’s you" actions={<HomeButton />}>
            <p>Go back to the tab you came from, and go on there.</p>
          </PlainPage>
        </Route>
        <Route path="/signup">{me.guest ? <SignUp guest /> : <Redirect to={goesOn()} replace />}</Route>
        <Route path="/setup/:code">
          <Redirect to="/" replace />
        </Route>
        <Route>
          <Nothing />
        </Route>
      </Switch>
    </Suspense>
  );
}

function Nothing() {
  return (
    <PlainPage heading="There is nothing here" testId="not-found" actions={<HomeButton />}>
      <p>Quire has no page at this address.</p>
    </PlainPage>
  );
}

function HomeButton() {
  return (
    <Button component={Link} href="/">
      All documents
    </Button>
  );
}
