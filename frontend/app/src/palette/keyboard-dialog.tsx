import { Dialog } from '../ui/dialog';
import { Keys } from '../ui/keys';
import classes from './keyboard-dialog.module.css';

const columns: { title: string; keys: [string, string][] }[][] = [
  [
    {
      title: 'Text',
      keys: [
        ['Bold', 'Mod+B'],
        ['Italic', 'Mod+I'],
        ['Underline', 'Mod+U'],
        ['Strikethrough', 'Mod+Shift+S'],
        ['Code', 'Mod+E'],
        ['Link', 'Mod+K'],
        ['Clear formatting', 'Mod+\\'],
        ['Paste as plain text', 'Mod+Shift+V'],
      ],
    },
    {
      title: 'Document',
      keys: [
        ['Undo', 'Mod+Z'],
        ['Redo', 'Mod+Shift+Z'],
        ['Find', 'Mod+F'],
        ['Print', 'Mod+P'],
      ],
    },
  ],
  [
    {
      title: 'Paragraphs',
      keys: [
        ['Heading 1 to 6', 'Mod+Alt+1–6'],
        ['Paragraph', 'Mod+Alt+0'],
        ['Numbers', 'Mod+Shift+7'],
        ['Bullets', 'Mod+Shift+8'],
        ['Checklist', 'Mod+Shift+9'],
        ['Tick or untick', 'Mod+Enter'],
        ['Quote', 'Mod+Shift+B'],
        ['Code block', 'Mod+Alt+C'],
        ['More or less indent', 'Tab'],
        ['Move line up, down', 'Alt+Shift+↑ ↓'],
        ['Align left, centre', 'Mod+Shift+L E'],
        ['Align right, both', 'Mod+Shift+R J'],
      ],
    },
  ],
  [
    {
      title: 'Getting around',
      keys: [
        ['All commands', 'Alt+/'],
        ['To the toolbar', 'Alt+F10'],
        ['Back to the text', 'Esc'],
        ['Leave the text', 'Esc+Tab'],
        ['This list', 'Mod+/'],
      ],
    },
    {
      title: 'While typing',
      keys: [
        ['Heading', '#+Space'],
        ['Bullet', '-+Space'],
        ['Number', '1.+Space'],
        ['Checklist', '[]+Space'],
        ['Quote', '>+Space'],
        ['Code block', '```+Enter'],
        ['Divider', '---'],
        ['Bold, italic, code', '** _ `'],
      ],
    },
  ],
];

export function KeyboardDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Keyboard" width={900} testId="keyboard">
      <Columns />
    </Dialog>
  );
}

/** A component of its own, so that it renders when the dialog opens and not whenever the page does. */
function Columns() {
  return (
    <div className={classes.columns}>
      {columns.map((groups) => (
        <div key={groups[0]?.title}>
          {groups.map(({ title, keys }) => (
            <section key={title} className={classes.group}>
              <h3>{title}</h3>
              <dl>
                {keys.map(([name, shortcut]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>
                      <Keys of={shortcut} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      ))}
    </div>
  );
}
