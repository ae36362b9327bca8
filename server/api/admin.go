package api

// registerAdmin adds what administrators do. None of it shows a document's content.
func (a *API) registerAdmin() {
	a.registerAdminPeople()
	a.registerAdminDocuments()
	a.registerAdminServer()
}
