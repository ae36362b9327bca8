import { ArchiveRestore, CloudOff, Eye, RefreshCw, TriangleAlert } from 'lucide-react';
import classes from './banner.module.css';
import type { Banner, BannerAction } from './status';

const icons = {
  error: TriangleAlert,
  parked: ArchiveRestore,
  'read-only': Eye,
  offline: CloudOff,
  restarting: RefreshCw,
};

const words: Record<BannerAction, string> = {
  'try-now': 'Try now',
  copy: 'Copy text',
  download: 'Download',
  see: 'See the text',
  'sign-in': 'Sign in',
  reload: 'Reload',
  ask: 'Ask to edit',
};

/** One banner under the toolbar, shown for as long as it is true; it cannot be closed. */
export function BannerBar({ banner, onAction }: { banner: Banner; onAction: (action: BannerAction) => void }) {
  const Icon = icons[banner.kind];
  return (
    <section
      className={classes.banner}
      data-tone={banner.tone}
      data-testid="banner"
      data-kind={banner.kind}
      aria-label="About this document"
    >
      <div className={classes.inner} role={banner.kind === 'error' ? 'alert' : undefined}>
        <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
        <p>
          <strong>{banner.lead}</strong> {banner.text}
        </p>
        {banner.actions.length > 0 && (
          <span className={classes.actions}>
            {banner.actions.map((action) => (
              <button key={action} type="button" onClick={() => onAction(action)}>
                {words[action]}
              </button>
            ))}
          </span>
        )}
      </div>
    </section>
  );
}
