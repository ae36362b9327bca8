import 'quill/dist/quill.core.css';
import 'quill-cursors/css';
import './editor.css';

export { createEditor } from './editor';
