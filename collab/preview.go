package collab

import (
	"context"

	"quire/storage"
)

// Previews returns the first words of those docs whose newest ops are not in a snapshot yet, so that a list shows what was just
// written. For all others the store's preview is right. The caller checks the roles. Documents that don't answer before ctx ends are
// left out.
func (h *Hub) Previews(ctx context.Context, docs []storage.DocumentID) map[storage.DocumentID]string {
	asked := map[storage.DocumentID]chan string{}
	for _, id := range docs {
		if d := h.registry.find(id); d != nil {
			answer := make(chan string, 1)
			asked[id] = answer
			d.post(previewRequest(answer))
			h.registry.release(d)
		}
	}
	previews := make(map[storage.DocumentID]string, len(asked))
	for id, answer := range asked {
		select {
		case p, newer := <-answer:
			if newer {
				previews[id] = p
			}
		case <-ctx.Done():
			return previews
		}
	}
	return previews
}

// previewRequest receives the first words if there is no snapshot of the head, and is then closed.
type previewRequest chan<- string

func (answer previewRequest) handle(d *document) {
	if d.life.live() && d.snapshots.behind(d.order.Head()) {
		p := ""
		if content := d.frozen.of(&d.order); content != nil {
			p = content.Preview(previewLength)
		}
		answer <- p
	}
	close(answer)
}
